// Package sqlite is the embedded document engine: one file in WAL mode with synchronous=FULL, one writer that takes
// all waiting writes into one transaction, and a few readers beside it. Indexed fields are real columns, so that an
// operator can look into the file with any SQLite tool.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"yingdi/domain"
	"yingdi/storage"
)

// Engine implements storage.Engine over one file that no other process may have open.
type Engine struct {
	lock   *os.File
	write  *sql.DB // one connection, the writer's
	read   *sql.DB
	writer *writer
	reads  statements
	mu     sync.RWMutex
	tables map[string]*table
}

var _ storage.Engine = (*Engine)(nil)

// format is the version of the file's layout, kept in its user_version.
const format = 1

// Open opens or creates the database at path. Beside it lie the files path-wal, path-shm and path.lock. A file that
// another process has open is refused.
func Open(ctx context.Context, path string) (*Engine, error) {
	lock, err := Lock(path + ".lock")
	if err != nil {
		return nil, fmt.Errorf("sqlite %s: %w", path, err)
	}
	e := &Engine{lock: lock, tables: map[string]*table{}}
	if err := e.open(ctx, path); err != nil {
		return nil, errors.Join(fmt.Errorf("sqlite %s: %w", path, err), e.closeFiles())
	}
	return e, nil
}

func (e *Engine) open(ctx context.Context, path string) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) // the log beside it takes over who may read it
	if err != nil {
		return err
	}
	f.Close()
	dsn := address(path)
	if e.write, err = sql.Open("sqlite", dsn+"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"+
		"&_pragma=journal_size_limit(67108864)&_pragma=cache_size(-32000)"); err != nil {
		return err
	}
	e.write.SetMaxOpenConns(1)
	conn, err := e.write.Conn(ctx)
	if err != nil {
		return err
	}
	if err := layOut(ctx, conn); err != nil {
		conn.Close()
		return err
	}
	if e.read, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)&_pragma=cache_size(-16000)"); err != nil {
		return err
	}
	readers := max(4, 2*runtime.NumCPU())
	e.read.SetMaxOpenConns(readers)
	e.read.SetMaxIdleConns(readers)
	e.reads = statements{prepare: e.read.PrepareContext, ready: map[string]*sql.Stmt{}}
	e.writer = startWriter(conn)
	return nil
}

// address is the file's as the driver wants it, open to more options.
func address(path string) string {
	return "file:" + strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path) + "?_pragma=busy_timeout(10000)"
}

func layOut(ctx context.Context, conn *sql.Conn) error {
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > format {
		return fmt.Errorf("the file has format %d and this program knows format %d: use a newer program", version, format)
	}
	_, err := conn.ExecContext(ctx, fmt.Sprintf(`
		CREATE TABLE IF NOT EXISTS _schemas (name TEXT PRIMARY KEY NOT NULL, fields TEXT NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS _counters (name TEXT PRIMARY KEY NOT NULL, value INTEGER NOT NULL, rev INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS _counter_ops (counter TEXT NOT NULL, op TEXT NOT NULL, delta INTEGER NOT NULL, PRIMARY KEY (counter, op)) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS _counter_stamps (counter TEXT NOT NULL, stripe INTEGER NOT NULL, stamp INTEGER NOT NULL, PRIMARY KEY (counter, stripe)) WITHOUT ROWID;
		PRAGMA user_version = %d`, format))
	return err
}

// Ping implements storage.Engine.
func (e *Engine) Ping(ctx context.Context) error { return unavailable(e.read.PingContext(ctx)) }

// Close implements storage.Engine: what was accepted is written, then the log is folded into the file.
func (e *Engine) Close() error {
	if !e.writer.stop() {
		return nil
	}
	return e.closeFiles()
}

func (e *Engine) closeFiles() error {
	e.reads.close()
	var errs []error
	for _, db := range []*sql.DB{e.read, e.write} { // the writer last: it folds in the log
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, e.lock.Close())...)
}

func code(err error) int {
	var failed *sqlite.Error
	if errors.As(err, &failed) {
		return failed.Code()
	}
	return 0
}

func isTaken(err error) bool {
	c := code(err)
	return c == codes.SQLITE_CONSTRAINT_PRIMARYKEY || c == codes.SQLITE_CONSTRAINT_UNIQUE
}

// unavailable marks what the database said as nobody's fault; a context's own error stays what it is.
func unavailable(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
}

// statements keeps prepared statements by their text; there are as many as the code has shapes of queries.
type statements struct {
	prepare func(ctx context.Context, query string) (*sql.Stmt, error)
	mu      sync.RWMutex
	ready   map[string]*sql.Stmt
}

// close gives them back: a connection with a statement left is not closed, only forgotten, and its log not folded in.
func (s *statements) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, stmt := range s.ready {
		stmt.Close()
	}
	clear(s.ready)
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.ready[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	stmt, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.ready[query]; first != nil {
		stmt.Close()
		return first, nil
	}
	s.ready[query] = stmt
	return stmt, nil
}
