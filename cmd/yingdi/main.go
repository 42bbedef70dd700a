// Command yingdi is the whole server side: API, console, callbacks, workers, and the commands of an admin.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // zones of camps, also on machines that have none

	"github.com/spf13/cobra"
)

var version = "development" // set by the linker

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal kills at once
	if err := root().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "yingdi:", err)
		os.Exit(1)
	}
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use: "yingdi", Short: "Camps, courses and check-ins inside WeChat: the server side", Version: version,
		SilenceUsage: true, SilenceErrors: true,
	}
	c.AddCommand(devCommand(), serveCommand(), workCommand(), benchCommand(), simulateCommand(), simulateServerCommand(), adminCommand(), configCommand())
	return c
}
