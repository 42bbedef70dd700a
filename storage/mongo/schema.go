package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"yingdi/domain"
	"yingdi/storage"
)

// schemas is the collection that says, for each collection, what its documents were written with and how it can be
// sharded.
const schemas = "_schemas"

// column is where the key lives in the stored document.
func column(key string) string {
	switch key {
	case "id":
		return "_id"
	case "outbox":
		return key
	}
	return "ix." + key
}

// indexModels are what the schema needs, by name. The name holds the fields, so that a changed index is another one.
func indexModels(s storage.Schema) map[string]mongo.IndexModel {
	models := map[string]mongo.IndexModel{}
	add := func(name string, unique bool, keys bson.D) {
		opts := options.Index().SetName(name)
		if unique {
			opts.SetUnique(true)
		}
		models[name] = mongo.IndexModel{Keys: keys, Options: opts}
	}
	for _, index := range append(slices.Clone(s.Indexes), storage.OutboxIndex) {
		keys := bson.D{}
		for _, key := range index.Keys() {
			keys = append(keys, bson.E{Key: column(key), Value: 1})
		}
		add("by_"+index.Name+"-"+strings.Join(index.Fields, "-"), false, keys)
		if index.Unique {
			add(uniqueName(index), true, bson.D{{Key: "uq." + index.Name, Value: 1}})
		}
	}
	return models
}

func uniqueName(index storage.Index) string {
	return "unique_" + index.Name + "-" + strings.Join(index.Fields, "-")
}

// Ensure implements storage.Engine. It may run in several processes at once and be broken off: what the documents
// were written with is noted only after the last of them.
func (e *Engine) Ensure(ctx context.Context, s storage.Schema, reindex func(storage.Record) (map[string]any, error)) error {
	c := e.db.Collection(s.Name)
	if err := dropIndexes(ctx, c, s); err != nil {
		return unavailable(ctx, err)
	}
	var noted struct{ Fields []string }
	err := e.db.Collection(schemas).FindOne(ctx, bson.D{{Key: "_id", Value: s.Name}}).Decode(&noted)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return unavailable(ctx, err)
	}
	fields, shard := []string{}, "{_id: 'hashed'}"
	for _, f := range s.Fields {
		fields = append(fields, f.Name)
	}
	for _, index := range s.Indexes {
		if index.Unique {
			fields = append(fields, uniqueName(index))
			shard = "none: " + index.Name + " is unique"
		}
	}
	if slices.ContainsFunc(fields, func(f string) bool { return !slices.Contains(noted.Fields, f) }) {
		if err := fill(ctx, c, s, reindex); err != nil {
			return err
		}
	}
	for name, model := range indexModels(s) {
		_, err := c.Indexes().CreateOne(ctx, model)
		if mongo.IsDuplicateKeyError(err) {
			return fmt.Errorf("index %s: stored documents hold the same values: %w", name, domain.ErrExists)
		}
		if err != nil {
			return fmt.Errorf("index %s: %w", name, unavailable(ctx, err))
		}
	}
	_, err = e.db.Collection(schemas).UpdateOne(ctx, bson.D{{Key: "_id", Value: s.Name}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "fields", Value: fields}, {Key: "shard_key", Value: shard}}}},
		options.UpdateOne().SetUpsert(true))
	if err != nil {
		return unavailable(ctx, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.known[s.Name] = s
	return nil
}

// dropIndexes removes those of ours that are no longer declared; an operator's own stay.
func dropIndexes(ctx context.Context, c *mongo.Collection, s storage.Schema) error {
	there, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		var server mongo.ServerError
		if errors.As(err, &server) && server.HasErrorCode(26) { // no such collection yet
			return nil
		}
		return err
	}
	wanted := indexModels(s)
	for _, index := range there {
		ours := strings.HasPrefix(index.Name, "by_") || strings.HasPrefix(index.Name, "unique_")
		if _, ok := wanted[index.Name]; ours && !ok {
			if err := c.Indexes().DropOne(ctx, index.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill computes ix and uq of every document anew. A document that somebody changes meanwhile is looked at again.
func fill(ctx context.Context, c *mongo.Collection, s storage.Schema, reindex func(storage.Record) (map[string]any, error)) error {
	last := ""
	for try := 0; ; {
		raw, err := c.FindOne(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: last}}}},
			options.FindOne().SetSort(bson.D{{Key: "_id", Value: 1}})).Raw()
		if errors.Is(err, mongo.ErrNoDocuments) {
			return nil
		}
		if err != nil {
			return unavailable(ctx, err)
		}
		r, err := loaded(raw, nil)
		if err != nil {
			return err
		}
		if r.Fields, err = reindex(r); err != nil {
			return fmt.Errorf("bringing %s up to its indexes: %w", s.Name, err)
		}
		done, err := c.UpdateOne(ctx, bson.D{{Key: "_id", Value: r.ID}, {Key: "rev", Value: r.Rev}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "ix", Value: bson.Raw(indexed(r, s))}, {Key: "uq", Value: bson.Raw(unique(r, s))}}}})
		switch {
		case mongo.IsDuplicateKeyError(err):
			return fmt.Errorf("bringing %s up to its indexes: %w", s.Name, domain.ErrExists)
		case err != nil:
			return unavailable(ctx, err)
		case done.MatchedCount == 1:
			last, try = r.ID, 0
			continue
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
		try++
	}
}
