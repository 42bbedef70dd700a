// Package mongo is the document engine for production: MongoDB through the official driver, as a replica set or
// sharded (SHARDING.md). A document is kept as an operator would want to read it:
//
//	{_id, rev, outbox, ix: {indexed fields}, uq: {what must be unique}, doc: {the document itself}}
//
// No write touches more than one document. Writes and reads have majority concern.
package mongo

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"yingdi/domain"
	"yingdi/storage"
)

// How long the engine waits when the URI says nothing else: for one operation, and for a server to be found at all.
const (
	timeout   = 20 * time.Second
	selection = 5 * time.Second
)

// Engine implements storage.Engine over one database.
type Engine struct {
	client *mongo.Client
	db     *mongo.Database
	locks  keyedLock
	mu     sync.RWMutex
	known  map[string]storage.Schema
}

var _ storage.Engine = (*Engine)(nil)

// Check tells whether Open would understand the URI. Its error does not hold the URI.
func Check(uri string) error {
	if clientOptions(uri).Validate() != nil { // what the driver says could hold the password
		return errors.New("mongodb: the URI is not valid")
	}
	return nil
}

func clientOptions(uri string) *options.ClientOptions {
	return options.Client().SetTimeout(timeout).SetServerSelectionTimeout(selection).ApplyURI(uri).
		SetWriteConcern(writeconcern.Majority()).SetReadConcern(readconcern.Majority()).SetReadPreference(readpref.Primary())
}

// Open connects to the database and makes sure that it answers. The URI's own options win, except for the concerns.
func Open(ctx context.Context, uri, database string) (*Engine, error) {
	if err := Check(uri); err != nil {
		return nil, err
	}
	opts := clientOptions(uri)
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %w", unavailable(ctx, err))
	}
	e := &Engine{client: client, db: client.Database(database), known: map[string]storage.Schema{}}
	if err := e.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("mongodb: %w", err), client.Disconnect(context.WithoutCancel(ctx)))
	}
	return e, nil
}

// Ping implements storage.Engine.
func (e *Engine) Ping(ctx context.Context) error { return unavailable(ctx, e.client.Ping(ctx, nil)) }

// Close implements storage.Engine: operations that run are waited for.
func (e *Engine) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	err := e.client.Disconnect(ctx)
	if errors.Is(err, mongo.ErrClientDisconnected) {
		return nil
	}
	return err
}

func (e *Engine) collection(name string) (storage.Schema, *mongo.Collection, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	schema, ok := e.known[name]
	if !ok {
		return schema, nil, fmt.Errorf("no collection %q", name)
	}
	return schema, e.db.Collection(name), nil
}

// unavailable marks what the database said as nobody's fault; a context's own error stays what it is. A server's
// message can quote the values of a document, so only its code goes on.
func unavailable(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var server mongo.ServerError
	if errors.As(err, &server) {
		var command mongo.CommandError
		errors.As(err, &command)
		return fmt.Errorf("%w: mongodb error %v %s", domain.ErrUnavailable, server.ErrorCodes(), command.Name)
	}
	return fmt.Errorf("%w: %w", domain.ErrUnavailable, err)
}

// begun refuses a context that is done, and else lets the write run to its outcome whatever becomes of the caller;
// the client's own timeout bounds it.
func begun(ctx context.Context) (context.Context, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return context.WithoutCancel(ctx), nil
}
