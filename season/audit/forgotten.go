package audit

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"
)

// grace is how long somebody who wants to go can change their mind.
const grace = 7 * 24 * time.Hour

// gone are those of the circle who go for good, by member.
func (t *trial) gone() map[string]Fellow {
	list := map[string]Fellow{}
	for _, f := range t.Circle.Fellows {
		if f.Gone {
			list[f.Member] = f
		}
	}
	return list
}

// isForgotten tells whether somebody must have been forgotten by the end: at once when WeChat's word of it arrived, and
// otherwise after the grace.
func (t *trial) isForgotten(f Fellow) bool {
	if f.Revoked {
		for _, p := range t.Ledger.Pushes {
			if p.Kind == "user_authorization_revoke" && p.State == "accepted" && t.Ledger.Names[p.Person] == f.Name {
				return true
			}
		}
		return false
	}
	return !f.AskedAt.IsZero() && !t.Circle.End.Before(f.AskedAt.Add(grace))
}

// forgotten: of those who have gone for good nothing is left in any row of any table, nor any file.
func forgotten(t *trial, f *finding) {
	state := map[string]string{}
	for _, d := range t.whole.Deletions {
		state[d.ID] = d.State
	}
	traces := map[string][]string{}
	for _, tr := range t.Traces {
		traces[tr.Who] = append(traces[tr.Who], tr.Table+" "+tr.Row)
	}
	people := map[string]Member{}
	for _, m := range t.Members {
		people[m.ID] = m
	}
	for member, who := range t.gone() {
		if !t.isForgotten(who) {
			continue
		}
		f.expect(state[member] == "settling" || state[member] == "done", "%s is to be forgotten and their deletion is %q", member, state[member])
		f.expect(len(traces[who.Name]) == 0, "of %s there is still something in %s", member, strings.Join(traces[who.Name], ", "))
		m := people[member]
		f.expect(m.Person == "" && m.Nickname == "" && m.Avatar == "", "member %s still says who they were", member)
		for name := range t.Files {
			f.expect(!strings.Contains(name, member), "the file %s of %s is still there", name, member)
		}
	}
}

// readTraces looks through every row of every table for the names of people, and for what WeChat calls them.
func (f *Facts) readTraces(ctx context.Context, db *sql.DB, names []string) error {
	words := map[string]string{}
	for _, name := range names {
		words[name] = name
	}
	for person, name := range f.Ledger.Names {
		if words[name] != "" {
			words[person] = name
		}
	}
	var tables []string
	if err := each(ctx, db, "SELECT name FROM sqlite_master WHERE type = 'table'", func(name []byte) error {
		tables = append(tables, string(name))
		return nil
	}); err != nil {
		return err
	}
	for _, table := range tables {
		if err := f.searchTable(ctx, db, table, words); err != nil {
			return fmt.Errorf("searching %s: %w", table, err)
		}
	}
	return nil
}

func (f *Facts) searchTable(ctx context.Context, db *sql.DB, table string, words map[string]string) error {
	rows, err := db.QueryContext(ctx, fmt.Sprintf("SELECT * FROM %q", table))
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		for word, who := range words {
			for _, v := range values {
				if bytes.Contains(v, []byte(word)) {
					f.Traces = append(f.Traces, Trace{who, table, string(values[0])})
				}
			}
		}
	}
	return rows.Err()
}
