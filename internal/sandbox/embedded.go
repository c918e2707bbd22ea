//go:build embed_sandbox

package sandbox

import _ "embed"

// executable is the small executable, built before this program.
//
//go:embed bin/joblab-sandbox
var executable []byte
