package sandbox

// StartError says that the command of a container cannot be started, in the
// words of runc and containerd.
type StartError struct {
	// Message is complete, as the kubelet shows it: "failed to create
	// containerd task: … exec: \"x\": executable file not found in $PATH".
	Message string
	// Code is 128 for a container and 127 or 126 for an exec.
	Code int
}

func (e *StartError) Error() string { return e.Message }
