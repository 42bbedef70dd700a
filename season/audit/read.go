package audit

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the file is read with the library alone
)

// Read takes the facts from a data folder whose server has stopped, and looks for traces of the people of these names.
func Read(ctx context.Context, dir string, forgotten []string) (Facts, error) {
	f := Facts{Counters: map[string]int64{}, Files: map[string]int64{}}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "yingdi.db")+"?mode=ro")
	if err != nil {
		return f, err
	}
	defer db.Close()
	if err := errors.Join(
		load(ctx, db, "camp", &f.Camps), load(ctx, db, "task", &f.Tasks), load(ctx, db, "member", &f.Members),
		load(ctx, db, "enrolment", &f.Enrolments), load(ctx, db, "checkin", &f.Checkins), load(ctx, db, "like", &f.Likes),
		load(ctx, db, "comment", &f.Comments), load(ctx, db, "review", &f.Reviews), load(ctx, db, "signcard", &f.Cards),
		load(ctx, db, "notice", &f.Notices), load(ctx, db, "credit", &f.Credits), load(ctx, db, "media", &f.Media),
		load(ctx, db, "moderation", &f.Cases), load(ctx, db, "deletion", &f.Deletions),
		load(ctx, db, "quiz", &f.Quizzes), load(ctx, db, "attempt", &f.Attempts), load(ctx, db, "order", &f.Orders),
		load(ctx, db, "pool", &f.Pools), load(ctx, db, "pool_member", &f.PoolMembers), load(ctx, db, "transfer", &f.Transfers),
		load(ctx, db, "bill", &f.Bills), load(ctx, db, "bill_case", &f.Differences),
		load(ctx, db, "course", &f.Courses), load(ctx, db, "course_progress", &f.Progress), load(ctx, db, "badge", &f.Badges), load(ctx, db, "award", &f.Awards),
		load(ctx, db, "groupbuy", &f.Groups), load(ctx, db, "assist", &f.Assists), load(ctx, db, "coupon", &f.Coupons),
		load(ctx, db, "commission", &f.Commissions), load(ctx, db, "wallet", &f.Wallets), load(ctx, db, "withdrawal", &f.Withdrawals),
		f.readCounters(ctx, db), f.readOutboxes(ctx, db),
	); err != nil {
		return f, fmt.Errorf("reading the documents: %w", err)
	}
	if err := f.readFiles(filepath.Join(dir, "media")); err != nil {
		return f, fmt.Errorf("reading the media: %w", err)
	}
	if f.Ledger, err = readLedger(filepath.Join(dir, "wechat.json")); err != nil {
		return f, err
	}
	if f.Pay, err = readPay(filepath.Join(dir, "pay.json")); err != nil {
		return f, err
	}
	return f, f.readTraces(ctx, db, forgotten)
}

// each calls row with every row of a query that has one column.
func each(ctx context.Context, db *sql.DB, query string, row func(value []byte) error) error {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var value []byte
		if err := rows.Scan(&value); err != nil {
			return err
		}
		if err := row(value); err != nil {
			return err
		}
	}
	return rows.Err()
}

func load[T any](ctx context.Context, db *sql.DB, collection string, into *[]T) error {
	return each(ctx, db, fmt.Sprintf("SELECT body FROM %q ORDER BY id", collection), func(body []byte) error {
		var doc T
		if err := json.Unmarshal(body, &doc); err != nil {
			return fmt.Errorf("%s: %w", collection, err)
		}
		*into = append(*into, doc)
		return nil
	})
}

func (f *Facts) readCounters(ctx context.Context, db *sql.DB) error {
	rows, err := db.QueryContext(ctx, "SELECT name, value FROM _counters")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var value int64
		if err := rows.Scan(&name, &value); err != nil {
			return err
		}
		f.Counters[name] = value
	}
	return errors.Join(rows.Err(), each(ctx, db, "SELECT op FROM _counter_ops", func(op []byte) error {
		f.Underway = append(f.Underway, string(op))
		return nil
	}))
}

// readOutboxes looks into every document of every collection: the column that the sweeper goes by is not believed.
func (f *Facts) readOutboxes(ctx context.Context, db *sql.DB) error {
	var collections []string
	if err := each(ctx, db, "SELECT name FROM _schemas ORDER BY name", func(name []byte) error {
		collections = append(collections, string(name))
		return nil
	}); err != nil {
		return err
	}
	f.Collections = len(collections)
	for _, name := range collections {
		var docs []struct {
			ID     string  `json:"id"`
			Outbox []Event `json:"outbox"`
		}
		if err := load(ctx, db, name, &docs); err != nil {
			return err
		}
		for _, doc := range docs {
			for _, event := range doc.Outbox {
				event.Collection, event.Document = name, doc.ID
				f.Outbox = append(f.Outbox, event)
			}
		}
	}
	return nil
}

func (f *Facts) readFiles(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		f.Files[filepath.ToSlash(name)] = info.Size()
		return err
	})
}

// readLedger reads what the stand-in for WeChat has noted.
func readLedger(path string) (Ledger, error) {
	l := Ledger{Names: map[string]string{}, Pushes: map[string]Push{}}
	return l, lines(path, func(fact struct {
		Person   string `json:"person"`
		Name     string `json:"name"`
		Template string `json:"template"`
		Consents int    `json:"consents"`
		Sent     *Sent  `json:"sent"`
		Push     *Push  `json:"push"`
	},
	) {
		if fact.Name != "" {
			l.Names[fact.Person] = fact.Name
		}
		if fact.Consents != 0 || fact.Sent != nil {
			l.Lines = append(l.Lines, Line{fact.Person, fact.Template, fact.Consents, fact.Sent})
		}
		if fact.Push != nil {
			l.Pushes[fact.Push.ID] = *fact.Push
		}
	})
}

// readPay reads what the stand-in for WeChat Pay has noted.
func readPay(path string) (Pay, error) {
	p := Pay{Trades: map[string]Trade{}, Refunds: map[string]PayRefund{}, Transfers: map[string]Transfer{}}
	return p, lines(path, func(fact struct {
		Trade    *Trade     `json:"trade"`
		Refund   *PayRefund `json:"refund"`
		Transfer *Transfer  `json:"transfer"`
	},
	) {
		if fact.Trade != nil {
			p.Trades[fact.Trade.Number] = *fact.Trade
		}
		if fact.Refund != nil {
			p.Refunds[fact.Refund.Number] = *fact.Refund
		}
		if fact.Transfer != nil {
			p.Transfers[fact.Transfer.Number] = *fact.Transfer
		}
	})
}

// lines reads a journal, a fact a line.
func lines[F any](path string, each func(F)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	list := bufio.NewScanner(file)
	list.Buffer(nil, 1<<20)
	for list.Scan() {
		var fact F
		if err := json.Unmarshal(list.Bytes(), &fact); err != nil {
			return fmt.Errorf("journal %s: %w", filepath.Base(path), err)
		}
		each(fact)
	}
	return list.Err()
}

// under lists the files whose path begins so, without that beginning.
func (f *Facts) under(prefix string) map[string]int64 {
	found := map[string]int64{}
	for name, size := range f.Files {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			found[rest] = size
		}
	}
	return found
}
