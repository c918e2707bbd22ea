//go:build !linux

package node

// pretendUserNamespace does nothing: only on Linux does the kubelet want what an ordinary user has not.
func pretendUserNamespace() {}
