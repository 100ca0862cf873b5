//go:build tools

// Package toolchain names what the build takes from its modules, so that `go mod tidy` keeps them.
package toolchain

import (
	_ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
)
