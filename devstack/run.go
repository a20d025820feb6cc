package main

import (
	"context"
	"fmt"
	"os"

	"longhaul/devstack/stack"
)

// runCommand runs everything, or the infrastructure alone.
type runCommand struct {
	Data        string   `type:"path" default:"data" env:"LONGHAUL_DATA" help:"Folder for all data."`
	Bin         string   `type:"path" default:"bin" help:"Folder of the application's programs."`
	WebDir      string   `type:"path" default:"web/dist" help:"Folder of the built web app."`
	NoApp       bool     `help:"Start only Postgres, Temporal, S3 and mail."`
	Simulator   bool     `name:"seedr-simulator" env:"SEEDR_SIMULATOR" help:"Start a simulator of Seedr.cc and use it as the Seedr account."`
	PortBase    int      `help:"Use consecutive ports, starting with this one."`
	RandomPorts bool     `help:"Take free ports for everything."`
	ExtraEnv    []string `sep:"none" placeholder:"NAME=value" help:"Setting for the application's programs; repeatable."`
	ReadyFile   string   `type:"path" help:"File to write all addresses and process ids to, as JSON, when ready."`
	LogLevel    string   `default:"info" env:"LOG_LEVEL" help:"Log level of the application's programs."`

	stack.Ports `embed:""`
}

// Run serves until the context ends.
func (c *runCommand) Run(ctx context.Context, hurry hurryUp) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	ports := c.Ports
	if c.PortBase != 0 {
		ports.Base(c.PortBase)
	}
	if c.RandomPorts {
		ports.Random()
	}
	return stack.Run(ctx, stack.Options{
		Data: c.Data, Bin: c.Bin, WebDir: c.WebDir, Self: self,
		NoApp: c.NoApp, Simulator: c.Simulator, Ports: ports, Environ: os.Environ(), ExtraEnv: c.ExtraEnv,
		ReadyFile: c.ReadyFile, LogLevel: c.LogLevel,
		Console: os.Stdout, Hurry: hurry,
	})
}
