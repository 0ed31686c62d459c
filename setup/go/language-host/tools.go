//go:build tools

// Package tools pins the language host that set-up builds where the vendor's download cannot be reached.
package tools

import _ "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs"
