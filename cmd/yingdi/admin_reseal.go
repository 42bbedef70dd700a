package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"yingdi/domain"
)

var errLost = errors.New("some values are opened by none of the keys: put the key that sealed them back into secrets.master, and run this again")

func adminResealCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "reseal", Short: "Seal everything with the newest of secrets.master, so that the older ones can go", Args: cobra.NoArgs,
		Long: "Seal anew, with the first key of secrets.master, what the others behind it sealed: openids, phone numbers, answers to\n" +
			"forms, one-time secrets. Before it, put the new key in front, restart every process, and keep the old key behind. It may be\n" +
			"interrupted and run again. With MongoDB it may run while the server does; with SQLite, stop the server first.",
	}
	path := configFlag(c)
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return withApp(cmd.Context(), *path, func(ctx context.Context, a *app) error {
			return reseal(ctx, a.vaults, a.sealer, func(line string, values ...any) { fmt.Fprintf(cmd.OutOrStdout(), line+"\n", values...) })
		})
	}
	return c
}

func reseal(ctx context.Context, vaults []domain.Vault, s *domain.Sealer, say func(string, ...any)) error {
	lost := 0
	for _, v := range vaults {
		tell := func(done domain.Resealed) {
			say("%s: %d documents, %d values sealed anew", v.Name(), done.Documents, done.Again)
		}
		done, err := v.Reseal(ctx, s, tell)
		tell(done)
		if done.Lost > 0 {
			lost += done.Lost
			say("%s: %d values are opened by no key, such as in %s", v.Name(), done.Lost, done.LostID)
		}
		if err != nil {
			return fmt.Errorf("%w; run it again, it goes on where it was", err)
		}
	}
	if lost > 0 {
		return errLost
	}
	say("Everything is sealed with the newest key. The older ones can leave secrets.master.")
	return nil
}
