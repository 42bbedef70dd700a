package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
)

func adminRebuildCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "rebuild-stats", Short: "Count the statistics of all camps, or of one, anew from the facts", Args: cobra.NoArgs,
		Long: "Count the statistics anew from the facts, camp by camp. With MongoDB it may run while the server does; with SQLite, " +
			"stop the server first, or use the button below a camp's numbers in the console, which needs nothing stopped.",
	}
	path, camp := configFlag(c), c.Flags().String("camp", "", "the id of one camp (default: all)")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *path, func(ctx context.Context, a *app) error {
			n := 0
			err := a.services.Stats.Rebuild(ctx, *camp, func(string) { n++ })
			fmt.Fprintf(cmd.OutOrStdout(), "%d camps counted\n", n)
			return err
		})
	}
	return c
}
