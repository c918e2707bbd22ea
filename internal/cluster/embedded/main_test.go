package embedded_test

import (
	"testing"

	"github.com/joblab/joblab/internal/cluster/embedded/embeddedtest"
)

func TestMain(m *testing.M) { embeddedtest.Main(m) }
