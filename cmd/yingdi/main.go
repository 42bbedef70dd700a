// Command yingdi is the whole server side: API, console, callbacks, workers, and the commands of an admin.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	_ "time/tzdata" // zones of camps, also on machines that have none

	"github.com/spf13/cobra"
)

var version = "development" // set by the linker

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // there is little to keep and much that comes and goes: memory for speed
	}
	if err := root().ExecuteContext(untilSignal()); err != nil {
		fmt.Fprintln(os.Stderr, "yingdi:", err)
		os.Exit(1)
	}
}

// untilSignal ends at the first signal to stop; the system then deals with a second one, which kills at once.
func untilSignal() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-told
		signal.Reset(os.Interrupt, syscall.SIGTERM)
		cancel()
	}()
	return ctx
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use: "yingdi", Short: "Camps, courses and check-ins inside WeChat: the server side", Version: version,
		SilenceUsage: true, SilenceErrors: true,
	}
	c.AddCommand(devCommand(), serveCommand(), workCommand(), benchCommand(), simulateCommand(), simulateServerCommand(), adminCommand(), configCommand())
	return c
}
