package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"yingdi/domain/privacy"
)

func adminForgetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "forget MEMBER", Short: "Delete somebody's account now, without the seven days", Args: cobra.ExactArgs(1),
		Long: "Delete somebody's account now, as an authority or the person may demand. What was said is taken out, files are deleted,\n" +
			"sessions end; what the law wants kept remains under an id that names nobody. It goes on where it was interrupted: run it\n" +
			"again. With SQLite, stop the server first. A day later the server looks once more for what was on its way.",
	}
	path := configFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *path, func(ctx context.Context, a *app) error {
			if err := a.services.Privacy.Remove(ctx, args[0]); err != nil {
				return explain(err)
			}
			d, err := a.services.Privacy.Deletions.Get(ctx, args[0])
			if err != nil {
				return err
			}
			if d.State == privacy.Held {
				return fmt.Errorf("member %s: %w: take their roles away first", args[0], privacy.ErrStaff)
			}
			if err := a.services.Privacy.Erase(ctx, args[0]); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is forgotten.\n", args[0])
			return err
		})
	}
	return c
}
