package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"yingdi/domain"
	"yingdi/storage"
)

const (
	counterRead = "SELECT value, rev FROM _counters WHERE name = ?"
	counterSet  = "INSERT INTO _counters (name, value, rev) VALUES (?, ?, 1) ON CONFLICT (name) DO UPDATE SET value = excluded.value, rev = rev + 1"
	opRead      = "SELECT delta FROM _counter_ops WHERE counter = ? AND op = ?"
	opNote      = "INSERT INTO _counter_ops (counter, op, delta) VALUES (?, ?, ?)"
	opForget    = "DELETE FROM _counter_ops WHERE counter = ? AND op = ?"
	stampRead   = "SELECT stamp FROM _counter_stamps WHERE counter = ? AND stripe = ?"
	stampMove   = "INSERT INTO _counter_stamps (counter, stripe, stamp) VALUES (?, ?, 1) ON CONFLICT (counter, stripe) DO UPDATE SET stamp = stamp + 1"
)

// Stamp implements storage.Counters.
func (e *Engine) Stamp(ctx context.Context, counter, op string) (stamp int64, err error) {
	stmt, err := e.reads.get(ctx, stampRead)
	if err == nil {
		err = stmt.QueryRowContext(ctx, counter, storage.Stripe(op)).Scan(&stamp)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return stamp, named(counter, unavailable(err))
}

// Add implements storage.Counters.
func (e *Engine) Add(ctx context.Context, counter, op string, stamp, delta, max int64) (value int64, err error) {
	err = e.writer.do(ctx, func(w *writer) error {
		var rev, before, moved int64
		if _, err := w.row(counterRead, []any{counter}, &value, &rev); err != nil {
			return err
		}
		again, err := w.row(opRead, []any{counter, op}, &before)
		if err != nil || again {
			return err
		}
		if _, err := w.row(stampRead, []any{counter, storage.Stripe(op)}, &moved); err != nil {
			return err
		}
		if moved != stamp {
			return refused{domain.ErrConflict}
		}
		if delta > 0 && value > max-delta || delta < 0 && value < -delta {
			return refused{domain.ErrExhausted}
		}
		value += delta
		if err := w.exec(counterSet, counter, value); err != nil {
			return err
		}
		return w.exec(opNote, counter, op, delta)
	})
	if err != nil {
		return 0, named(counter, err)
	}
	return value, nil
}

func named(counter string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("counter %s: %w", counter, err)
}

// Undo implements storage.Counters.
func (e *Engine) Undo(ctx context.Context, counter, op string) error {
	return e.forget(ctx, counter, op, true)
}

// Settle implements storage.Counters.
func (e *Engine) Settle(ctx context.Context, counter, op string) error {
	return e.forget(ctx, counter, op, false)
}

func (e *Engine) forget(ctx context.Context, counter, op string, takeBack bool) error {
	return named(counter, e.writer.do(ctx, func(w *writer) error {
		var value, rev, delta int64
		remembered, err := w.row(opRead, []any{counter, op}, &delta)
		if err != nil || !remembered && !takeBack {
			return err
		}
		if err := w.exec(stampMove, counter, storage.Stripe(op)); err != nil || !remembered {
			return err
		}
		if _, err := w.row(counterRead, []any{counter}, &value, &rev); err != nil {
			return err
		}
		if takeBack {
			value -= delta
		}
		if err := w.exec(counterSet, counter, value); err != nil {
			return err
		}
		return w.exec(opForget, counter, op)
	}))
}

// Value implements storage.Counters.
func (e *Engine) Value(ctx context.Context, counter string) (int64, error) {
	value, _, _, err := e.counter(ctx, counter)
	return value, named(counter, err)
}

// counter reads a counter, its revision and the remembered ops in one look.
func (e *Engine) counter(ctx context.Context, counter string) (value, rev int64, ops []string, err error) {
	stmt, err := e.reads.get(ctx, `SELECT coalesce(max(value), 0), coalesce(max(rev), 0),
		(SELECT json_group_array(op) FROM _counter_ops WHERE counter = ?1) FROM _counters WHERE name = ?1`)
	if err != nil {
		return 0, 0, nil, unavailable(err)
	}
	var list string
	if err := stmt.QueryRowContext(ctx, counter).Scan(&value, &rev, &list); err != nil {
		return 0, 0, nil, unavailable(err)
	}
	return value, rev, ops, json.Unmarshal([]byte(list), &ops)
}

// Recount implements storage.Counters. facts runs outside the writer, guarded by the counter's revision.
func (e *Engine) Recount(ctx context.Context, counter string, facts func(ops []string) (int64, error)) (int64, error) {
	for range storage.RecountTries {
		_, rev, ops, err := e.counter(ctx, counter)
		if err != nil {
			return 0, named(counter, err)
		}
		value, err := facts(ops)
		if err != nil {
			return 0, err
		}
		moved := false
		err = e.writer.do(ctx, func(w *writer) error {
			var old, now int64
			if _, err := w.row(counterRead, []any{counter}, &old, &now); err != nil {
				return err
			}
			if moved = now != rev; moved {
				return nil
			}
			return w.exec(counterSet, counter, value)
		})
		switch {
		case err != nil:
			return 0, named(counter, err)
		case !moved:
			return value, nil
		}
	}
	return 0, named(counter, domain.ErrConflict)
}
