package child

import ("os";"runtime/pprof";"time")

func init() {
	f, _ := os.Create("/tmp/child.prof")
	if IsChild(os.Args) {
		pprof.StartCPUProfile(f)
		go func() { time.Sleep(40*time.Second); pprof.StopCPUProfile(); f.Close() }()
	}
}
