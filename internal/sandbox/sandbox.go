// Package sandbox runs the containers of the embedded cluster: one container is
// one operating-system process of a small executable that interprets shell
// scripts and has the usual commands built in. Nothing of an image is
// downloaded or executed; an [Image] says which commands a container finds.
//
// Guarantees:
//   - A container reads and writes only its own file tree (Spec.Root and
//     Spec.Mounts). Every file access of the shell and of each command goes
//     through one type, package filetree; Landlock and seccomp are further
//     walls where the kernel has them ([Process.Walls] says which stand).
//   - No program of the host is started and no socket opened by a container.
//     Package network is its way to other containers, if Spec.Network is set:
//     what it gets there are ends of connections that this process made, and
//     neither the host's ports nor other machines can be reached.
//   - Nothing of the server's environment and no file descriptor reaches a
//     container but the standard streams, the pipes to this process and the
//     socket of package network.
//   - A process started with Spec.Exec unset has the signal semantics of PID 1.
//   - A container takes no more memory, disk and processor time than [Limits]
//     say; one that exceeds its memory ends alone, and nobody else is touched.
//   - No container outlives the process that started it, also when that one is
//     killed with SIGKILL.
//   - [Process.Exit] is exact: it is what wait(2) said.
package sandbox
