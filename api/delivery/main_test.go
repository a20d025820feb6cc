package delivery_test

import (
	"os"
	"testing"

	"longhaul/internal/media/tool"
)

func TestMain(m *testing.M) {
	tool.Child()
	os.Exit(m.Run())
}
