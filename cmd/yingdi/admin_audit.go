package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/assist"
	"yingdi/domain/groupbuy"
	"yingdi/domain/ledger"
	"yingdi/domain/order"
	"yingdi/domain/pool"
	"yingdi/domain/referral"
	"yingdi/domain/wallet"
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
			backup = filepath.Join(c.Data, "yingdi.db")
		}
		folder, failed := os.MkdirTemp("", "yingdi-audit-")
		if failed != nil {
			return failed
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
		at := filepath.Join(folder, "yingdi.db")
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
	report, err := ledger.Audit(ctx, moneyOf(ctx, at))
	if err == nil || errors.Is(err, ledger.ErrBroken) {
		tellAudit(out, report)
	}
	return err
}

// moneyOf is every collection with money in it.
func moneyOf(ctx context.Context, at stores) ledger.Facts {
	return ledger.Facts{
		Orders: at.orders.Everything(ctx), Transfers: at.transfers.Everything(ctx), Cases: at.billCases.Everything(ctx), Days: at.billDays.Everything(ctx),
		Others: []ledger.Proof{
			proof("pool_member", at.pools.Members.Everything, pool.Member.Check),
			proof("pool_settlement", at.pools.Settlements.Everything, pool.Settlement.Check),
			proof("wallet", at.wallets.Everything, wallet.Wallet.Check),
			groupProof(at), assistProof(at),
			{Name: "commission", Walk: func(ctx context.Context, found func(string, error)) error {
				return referral.Audit(ctx, at.referrals.Commissions.Everything(ctx), at.orders, at.wallets, found)
			}},
			proof("wallet_page", at.walletPages.Everything, wallet.Page.Check),
		},
	}
}

// proof is what each document of a collection says of itself.
func proof[T any, P interface {
	*T
	Head() *domain.Doc
}](name string, all func(context.Context) iter.Seq2[T, error], check func(T) error) ledger.Proof {
	return ledger.Proof{Name: name, Walk: func(ctx context.Context, found func(string, error)) error {
		for doc, err := range all(ctx) {
			if err != nil {
				return err
			}
			found(P(&doc).Head().ID, check(doc))
		}
		return nil
	}}
}

// groupProof holds each group against the orders of its seats.
func groupProof(at stores) ledger.Proof {
	return ledger.Proof{Name: "groupbuy", Walk: func(ctx context.Context, found func(string, error)) error {
		for g, err := range at.groupbuys.Groups.Everything(ctx) {
			if err != nil {
				return err
			}
			found(g.ID, errors.Join(g.Check(), against(ctx, at.orders, g)))
		}
		return nil
	}}
}

// assistProof holds each assist against the order that has its price.
func assistProof(at stores) ledger.Proof {
	return ledger.Proof{Name: "assist", Walk: func(ctx context.Context, found func(string, error)) error {
		for a, err := range at.assists.Assists.Everything(ctx) {
			if err != nil {
				return err
			}
			found(a.ID, errors.Join(a.Check(), paidBy(ctx, at.orders, a)))
		}
		return nil
	}}
}

// paidBy is what the order that has the price of an assist says of it.
func paidBy(ctx context.Context, orders domain.Documents[order.Order], a assist.Assist) error {
	if a.Order == "" {
		return nil
	}
	o, err := orders.Get(ctx, a.Order)
	if err != nil {
		return err
	}
	return a.Against(o)
}

// against is what the orders of a group's seats say of it.
func against(ctx context.Context, orders domain.Many[order.Order], g groupbuy.Group) error {
	ids := make([]string, len(g.Seats))
	for i, s := range g.Seats {
		ids[i] = s.Order
	}
	of, err := orders.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	return g.Against(of)
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
