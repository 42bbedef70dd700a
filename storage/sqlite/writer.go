package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"yingdi/domain"
)

// The bounds of one transaction: what waits beyond them goes into the next.
const (
	maxBatch      = 256
	maxBatchBytes = 16 << 20
)

// writer runs every write, one after the other, and commits those that were waiting together.
type writer struct {
	conn  *sql.Conn
	stmts statements
	queue chan *write
	done  chan struct{}
	bytes int // written in the running transaction

	mu     sync.RWMutex
	closed bool
}

// write is one caller's work and what became of it.
type write struct {
	ctx      context.Context
	run      func(*writer) error
	parted   bool // it has several statements
	err      error
	panicked *Panic
	late     bool // the context was done before its turn came
	done     chan struct{}
}

// Panic is what a change that panicked goes on with in its caller: the value, and where it happened.
type Panic struct {
	Value any
	Stack []byte
}

func (p *Panic) Error() string { return fmt.Sprintf("%v\n\nin the writer:\n%s", p.Value, p.Stack) }

// refused wraps a failure that is the caller's alone: the others in the batch go on.
type refused struct{ error }

func (r refused) Unwrap() error { return r.error }

var errClosed = fmt.Errorf("the database is closed: %w", domain.ErrUnavailable)

func startWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, queue: make(chan *write, maxBatch), done: make(chan struct{})}
	w.stmts = statements{prepare: conn.PrepareContext, ready: map[string]*sql.Stmt{}}
	go w.loop()
	return w
}

// do hands work to the writer and waits until it is durable or refused. A context that is done before its turn
// comes means that nothing is written; afterwards only the outcome counts.
func (w *writer) do(ctx context.Context, run func(*writer) error) error {
	return w.hand(&write{ctx: ctx, run: run, parted: true, done: make(chan struct{})})
}

// once is do for work that writes by one statement, the last thing that it does: SQLite takes back what a statement that
// it refuses had begun, so that no savepoint is needed, which costs as much as the statement.
func (w *writer) once(ctx context.Context, run func(*writer) error) error {
	return w.hand(&write{ctx: ctx, run: run, done: make(chan struct{})})
}

func (w *writer) hand(job *write) error {
	if err := w.accept(job); err != nil {
		return err
	}
	<-job.done
	if job.panicked != nil {
		panic(job.panicked)
	}
	return job.err
}

func (w *writer) accept(job *write) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queue <- job:
		return nil
	case <-job.ctx.Done():
		return job.ctx.Err()
	}
}

// stop lets the accepted writes finish. It reports whether it was the first call.
func (w *writer) stop() bool {
	w.mu.Lock()
	first := !w.closed
	if first {
		w.closed = true
		close(w.queue)
	}
	w.mu.Unlock()
	<-w.done
	return first
}

func (w *writer) loop() {
	defer close(w.done)
	for job := range w.queue {
		batch, err := w.transact(job)
		for _, job := range batch {
			if err != nil && !job.late {
				job.err, job.panicked = err, nil
			}
			close(job.done)
		}
	}
	w.stmts.close()
	w.conn.Close()
}

// transact takes the first write and all that wait behind it into one transaction. If that fails as a whole, all
// of them have failed.
func (w *writer) transact(job *write) (batch []*write, err error) {
	w.bytes = 0
	err = w.exec("BEGIN IMMEDIATE")
	for job != nil {
		batch = append(batch, job)
		if err == nil {
			err = w.apply(job)
		}
		job = nil
		if err == nil && len(batch) < maxBatch && w.bytes < maxBatchBytes {
			select {
			case job = <-w.queue: // nil once closed
			default:
			}
		}
	}
	if err == nil {
		err = w.exec("COMMIT")
	}
	if err != nil {
		_ = w.exec("ROLLBACK") // a failed COMMIT may have done it already
		return batch, unavailable(err)
	}
	return batch, nil
}

// apply runs one write, inside its own savepoint if it has several parts. The error it returns is fatal to the whole
// transaction.
func (w *writer) apply(job *write) error {
	if job.err = job.ctx.Err(); job.err != nil {
		job.late = true
		return nil //nolint:nilerr // it is the caller's alone
	}
	if job.parted {
		if err := w.exec("SAVEPOINT one"); err != nil {
			return err
		}
	}
	w.run(job)
	failed := job.err != nil || job.panicked != nil
	if failed {
		var mine refused
		if job.err != nil && !errors.As(job.err, &mine) {
			return job.err
		}
		job.err = mine.error
	}
	if !job.parted {
		return nil
	}
	if failed {
		if err := w.exec("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	return w.exec("RELEASE one")
}

func (w *writer) run(job *write) {
	defer func() {
		if v := recover(); v != nil {
			job.err, job.panicked = nil, &Panic{v, debug.Stack()}
		}
	}()
	job.err = job.run(w)
}

// exec runs a statement on the writer's connection. The writer is never interrupted half way.
func (w *writer) exec(query string, args ...any) error {
	stmt, err := w.stmts.get(context.Background(), query)
	if err != nil {
		return err
	}
	_, err = stmt.Exec(args...)
	return err
}

// row reads one row; found is false if there is none.
func (w *writer) row(query string, args []any, into ...any) (found bool, err error) {
	stmt, err := w.stmts.get(context.Background(), query)
	if err != nil {
		return false, err
	}
	err = stmt.QueryRow(args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
