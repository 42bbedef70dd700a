package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/spf13/cobra"

	"yingdi/domain/pool"
)

// errDiffers ends the command with a status that a script can tell.
var errDiffers = errors.New("the list is not what the facts say")

func adminVerifyPoolCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "verify-pool [ID]", Short: "Compute the frozen list of a scholarship pool again and name each difference", Args: cobra.MaximumNArgs(1),
		Long: "Compute the list of a settled scholarship pool again, from the facts in storage by the id of its camp, or from a file that was " +
			"taken from the console: that one needs no configuration. Each difference is printed, and the exit status is not 0. Facts that have " +
			"changed since the list was frozen, such as the check-ins of an account that was deleted, are differences, too.",
	}
	path, file := configFlag(c), c.Flags().String("file", "", "an exported list, instead of the storage")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case *file != "" && len(args) == 0:
			v, err := pool.VerifyList(func() (pool.Settlement, iter.Seq2[pool.Line, error], error) { return openList(*file) })
			return told(cmd.OutOrStdout(), v, err)
		case *file != "" || len(args) == 0:
			return errors.New("give the id of a camp, or --file")
		}
		return withApp(cmd.Context(), *path, func(ctx context.Context, a *app) error { return verifyPool(ctx, a, cmd.OutOrStdout(), args[0]) })
	}
	return c
}

func verifyPool(ctx context.Context, a *app, out io.Writer, id string) error {
	v, err := a.services.Pools.Verify(ctx, id)
	return told(out, v, err)
}

// openList reads a file whose lines are read once; it is closed with the last of them.
func openList(path string) (pool.Settlement, iter.Seq2[pool.Line, error], error) {
	f, err := os.Open(path)
	if err != nil {
		return pool.Settlement{}, nil, err
	}
	set, lines, err := pool.ReadFile(f)
	if err != nil {
		return set, nil, errors.Join(err, f.Close())
	}
	return set, func(yield func(pool.Line, error) bool) {
		defer f.Close()
		lines(yield)
	}, nil
}

// told prints what a second computation found.
func told(out io.Writer, v pool.Verified, err error) error {
	if err != nil {
		return explain(err)
	}
	for _, d := range v.Differences {
		fmt.Fprintln(out, d)
	}
	if v.More > 0 {
		fmt.Fprintf(out, "and %d more\n", v.More)
	}
	s := v.Sums
	fmt.Fprintf(out, "%d members, %d winners; %s in the pool = %s back + %s gained + %s of fee\nhash %s\n", s.Members, s.Winners, s.Pool, s.Own, s.Gain, s.Fee, v.Hash)
	if len(v.Differences) > 0 {
		return fmt.Errorf("%d differences: %w", len(v.Differences)+v.More, errDiffers)
	}
	return nil
}
