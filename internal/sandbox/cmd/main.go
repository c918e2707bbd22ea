// Command cmd is the small executable that containers of the embedded cluster
// run in. Only package sandbox starts it.
package main

func main() {}
