// Package residency gives memory back that only the start of the program needed.
//
// The program is large, since Kubernetes is in it, and its start touches most of
// it: every package initialises itself. Later little of that is used, least of
// all in the server, whose cluster is a child process of the same program.
package residency
