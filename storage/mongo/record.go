package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"yingdi/domain"
	"yingdi/storage"
)

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

// Get implements storage.Engine.
func (e *Engine) Get(ctx context.Context, collection, id string) (storage.Record, error) {
	_, c, err := e.collection(collection)
	if err != nil {
		return storage.Record{}, err
	}
	return getOne(ctx, c, id)
}

func getOne(ctx context.Context, c *mongo.Collection, id string) (storage.Record, error) {
	raw, err := c.FindOne(ctx, byID(id)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return storage.Record{}, domain.ErrNotFound
	}
	if err != nil {
		return storage.Record{}, unavailable(ctx, err)
	}
	return loaded(raw, nil)
}

// GetMany implements storage.Engine.
func (e *Engine) GetMany(ctx context.Context, collection string, ids []string) ([]storage.Record, error) {
	_, c, err := e.collection(collection)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return records(ctx, c, nil, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find())
}

func records(ctx context.Context, c *mongo.Collection, fields []string, filter bson.D, opts *options.FindOptionsBuilder) ([]storage.Record, error) {
	cursor, err := c.Find(ctx, filter, opts)
	if err != nil {
		return nil, unavailable(ctx, err)
	}
	defer cursor.Close(context.WithoutCancel(ctx))
	var found []storage.Record
	for cursor.Next(ctx) {
		r, err := loaded(cursor.Current, fields)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, unavailable(ctx, cursor.Err())
}

// Insert implements storage.Engine.
func (e *Engine) Insert(ctx context.Context, collection string, r storage.Record) error {
	schema, c, err := e.collection(collection)
	if err != nil {
		return err
	}
	raw, err := stored(r, schema)
	if err != nil {
		return err
	}
	if ctx, err = begun(ctx); err != nil {
		return err
	}
	_, err = c.InsertOne(ctx, raw)
	return written(ctx, err)
}

// written maps the outcome of a write. What the server says of a duplicate quotes its values and goes no further.
func written(ctx context.Context, err error) error {
	if mongo.IsDuplicateKeyError(err) {
		return domain.ErrExists
	}
	return unavailable(ctx, err)
}

// Update implements storage.Engine: the replacement names the revision that was read, so it misses if anybody was
// quicker, and is tried again on what they left.
func (e *Engine) Update(ctx context.Context, collection, id string, change func(storage.Record) (storage.Record, error)) error {
	schema, c, err := e.collection(collection)
	if err != nil {
		return err
	}
	unlock, err := e.locks.lock(ctx, collection+"/"+id)
	if err != nil {
		return err
	}
	defer unlock()
	for try := range maxTries {
		old, err := getOne(ctx, c, id)
		if err != nil {
			return err
		}
		next, err := change(old)
		if err != nil {
			return err
		}
		if next.ID != id || next.Rev != old.Rev+1 {
			return fmt.Errorf("revision %d after %d: %w", next.Rev, old.Rev, domain.ErrConflict)
		}
		replaced, err := replace(ctx, c, schema, old.Rev, next)
		if err != nil || replaced {
			return err
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
	return domain.ErrConflict
}

func replace(ctx context.Context, c *mongo.Collection, s storage.Schema, rev int64, next storage.Record) (bool, error) {
	raw, err := stored(next, s)
	if err != nil {
		return false, err
	}
	if ctx, err = begun(ctx); err != nil {
		return false, err
	}
	done, err := c.ReplaceOne(ctx, bson.D{{Key: "_id", Value: next.ID}, {Key: "rev", Value: rev}}, raw)
	if err != nil {
		return false, written(ctx, err)
	}
	return done.MatchedCount == 1, nil
}

// Delete implements storage.Engine.
func (e *Engine) Delete(ctx context.Context, collection, id string) error {
	_, c, err := e.collection(collection)
	if err != nil {
		return err
	}
	if ctx, err = begun(ctx); err != nil {
		return err
	}
	_, err = c.DeleteOne(ctx, byID(id))
	return unavailable(ctx, err)
}

// Find implements storage.Engine.
func (e *Engine) Find(ctx context.Context, collection string, p storage.Plan) ([]storage.Record, error) {
	_, c, err := e.collection(collection)
	if err != nil {
		return nil, err
	}
	filter, ok := filterOf(p)
	if !ok {
		return nil, ctx.Err()
	}
	order := bson.D{}
	for _, key := range p.Index.Keys() {
		if p.Desc {
			order = append(order, bson.E{Key: column(key), Value: -1})
		} else {
			order = append(order, bson.E{Key: column(key), Value: 1})
		}
	}
	opts := options.Find().SetSort(order).SetLimit(int64(p.Limit))
	if p.Bare { // the index answers alone
		wanted := bson.D{{Key: "_id", Value: 1}}
		for _, field := range p.Index.Fields {
			wanted = append(wanted, bson.E{Key: column(field), Value: 1})
		}
		opts = opts.SetProjection(wanted)
	}
	return records(ctx, c, p.Index.Fields, filter, opts)
}

// Count implements storage.Engine.
func (e *Engine) Count(ctx context.Context, collection string, p storage.Plan) (int64, error) {
	_, c, err := e.collection(collection)
	if err != nil {
		return 0, err
	}
	filter, ok := filterOf(p)
	if !ok {
		return 0, ctx.Err()
	}
	n, err := c.CountDocuments(ctx, filter)
	return n, unavailable(ctx, err)
}

// filterOf makes one condition of each stretch, so that each is one range of the index, which the server merges in
// order. ok is false if nothing can match.
func filterOf(p storage.Plan) (filter bson.D, ok bool) {
	var parts bson.A
	keys := p.Index.Keys()
	for _, s := range p.Spans() {
		part := bson.D{}
		for i, v := range s.Fixed {
			part = append(part, bson.E{Key: column(keys[i]), Value: v})
		}
		condition := bson.D{}
		if s.In != nil {
			condition = append(condition, bson.E{Key: "$in", Value: s.In})
		}
		for _, b := range s.Bounds {
			condition = append(condition, bson.E{Key: operators[b.Op], Value: b.Value})
			if b.Value == nil {
				condition = bson.D{{Key: "$ne", Value: nil}}
			}
		}
		if len(condition) > 0 {
			part = append(part, bson.E{Key: column(keys[len(s.Fixed)]), Value: condition})
		}
		if s.In == nil || len(s.In) > 0 {
			parts = append(parts, part)
		}
	}
	switch len(parts) {
	case 0:
		return nil, false
	case 1:
		return parts[0].(bson.D), true
	}
	return bson.D{{Key: "$or", Value: parts}}, true
}

var operators = map[string]string{">": "$gt", ">=": "$gte", "<": "$lt"}
