package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/domain/ledger"
	"yingdi/storage"
	"yingdi/storage/mongo"
	"yingdi/storage/sqlite"
)

func adminAuditCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "audit", Short: "Hold all money against itself: Σ paid = Σ refunded + Σ on its way back + Σ held", Args: cobra.NoArgs,
		Long: "Walk through every order, transfer and bill and hold their amounts against each other, to the fen. Whatever does not\n" +
			"hold is named, document by document, and the command fails. It may run while the server does: with SQLite it looks\n" +
			"at a copy of the database as it stands at one moment, which needs as much room in the temporary folder.",
	}
	path, copied := configFlag(c), c.Flags().String("backup", "", "look at this file, which `yingdi admin backup` made, instead")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		loaded, err := load(*path)
		if err != nil {
			return err
		}
		return auditData(cmd.Context(), loaded, *copied, cmd.OutOrStdout())
	}
	return c
}

// auditData opens what there is to look at, changes nothing of it, and closes it again.
func auditData(ctx context.Context, c config.Config, backup string, out io.Writer) (err error) {
	var engine storage.Engine
	if c.Documents == "mongo" && backup == "" {
		engine, err = mongo.Open(ctx, c.Mongo.URI, c.Mongo.Database)
	} else {
		if backup == "" {
			backup = filepath.Join(c.Data, documentsFile)
		}
		folder, failed := os.MkdirTemp("", "yingdi-audit-")
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
		at := filepath.Join(folder, documentsFile)
		if err := sqlite.Backup(ctx, backup, at); err != nil {
			return err
		}
		engine, err = sqlite.Open(ctx, at)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	at, err := openStores(ctx, storage.NewDB(engine))
	if err != nil {
		return err
	}
	report, err := ledger.Audit(ctx, moneyOf(at).Facts(ctx))
	if err == nil || errors.Is(err, ledger.ErrBroken) {
		tellAudit(out, report)
	}
	return err
}

// moneyOf is where the money is.
func moneyOf(at stores) storage.Money {
	return storage.Money{
		Orders: at.orders, Transfers: at.transfers, Days: at.billDays, Cases: at.billCases, Pools: at.pools, Wallets: at.wallets,
		WalletPages: at.walletPages, Withdrawals: at.withdrawals, Groups: at.groupbuys.Groups, Assists: at.assists.Assists,
		Commissions: at.referrals.Commissions,
	}
}

func tellAudit(out io.Writer, r ledger.Report) {
	s := r.Sums
	fmt.Fprintf(out, "%d documents; %s paid = %s refunded + %s on its way back + %s held (of which %s in pools); %s paid out\n",
		r.Documents, s.In, s.Back, s.Underway, s.Held(), s.Part, s.Out)
	for _, f := range r.Faults {
		fmt.Fprintf(out, "BROKEN %s %s: %s\n", f.Collection, f.ID, f.What)
	}
	if r.More > 0 {
		fmt.Fprintf(out, "and %d more\n", r.More)
	}
	if len(r.Faults) == 0 {
		fmt.Fprintln(out, "The books hold.")
	}
}
