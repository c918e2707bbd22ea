package sandbox

// StartError says that the command of a container cannot be started, in the
// words of runc and containerd.
type StartError struct {
	// Message is complete, as the kubelet shows it: "failed to create
	// containerd task: … exec: \"x\": executable file not found in $PATH". For
	// an exec it begins with "OCI runtime exec failed: …"; containerd puts
	// `failed to exec in container: failed to start exec "ID": ` before it.
	Message string
	// Code is 128 for a container; for an exec 127, or 126 if the file is
	// there and cannot be executed.
	Code int
}

func (e *StartError) Error() string { return e.Message }

const (
	createPrefix = "failed to create containerd task: failed to create shim task: OCI runtime create failed: " +
		"runc create failed: unable to start container process: error during container init: "
	execPrefix = "OCI runtime exec failed: exec failed: unable to start container process: "
)
