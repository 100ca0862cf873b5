//go:build tools

// Package toolchain names what the build takes from its modules, so that `go mod tidy` keeps them.
package toolchain

import (
	_ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
	_ "github.com/pulumi/pulumi/sdk/v3/python/cmd/pulumi-language-python"
)
