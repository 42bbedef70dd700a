package pool

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"

	"yingdi/domain"
)

// FileHead is the first line of an exported list. How the others are hashed: SHA-256 over Head, then over String of each
// Fact, in the order of the file.
type FileHead struct {
	Format     string       `json:"format"`
	Pool       string       `json:"pool"`
	Cancelled  bool         `json:"cancelled"`
	Rules      Rules        `json:"rules"`
	Scheduled  []domain.Day `json:"scheduled"`
	Sums       Sums         `json:"sums"`
	Hash       string       `json:"hash"`
	ComputedAt string       `json:"computed_at"`
}

// FileFormat names what the file is.
const FileFormat = "yingdi-pool/1"

// Export writes the frozen list, one JSON object a line: ids, facts and amounts, no names. For those who may see the
// camp's money.
func (s *Service) Export(ctx context.Context, campID string, to io.Writer) error {
	if _, err := s.Camps.ForStaff(ctx, campID, domain.RightMoney); err != nil {
		return err
	}
	set, err := s.Settlements.Get(ctx, campID)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(to)
	out := json.NewEncoder(w)
	rules := set.Rules
	rules.ChangedBy = ""
	if err := out.Encode(FileHead{
		FileFormat, set.Camp, set.Cancelled, rules, set.Scheduled, set.Sums, set.Hash, set.ComputedAt.Format("2006-01-02T15:04:05Z07:00"),
	}); err != nil {
		return err
	}
	for l, err := range s.lines(ctx, set) {
		if err != nil {
			return err
		}
		if err := out.Encode(l); err != nil {
			return err
		}
	}
	return w.Flush()
}

// maxFileLine in bytes: a day of 400 is one of them.
const maxFileLine = 16 << 10

// ReadFile reads what Export wrote: the head, and a way through the lines. Returns domain.ErrInvalid for anything else.
func ReadFile(from io.Reader) (Settlement, iter.Seq2[Line, error], error) {
	in := bufio.NewScanner(from)
	in.Buffer(nil, maxFileLine)
	if !in.Scan() {
		return Settlement{}, nil, fmt.Errorf("an empty file: %w", domain.ErrInvalid)
	}
	var head FileHead
	if err := json.Unmarshal(in.Bytes(), &head); err != nil || head.Format != FileFormat {
		return Settlement{}, nil, fmt.Errorf("the file does not begin with %s: %w", FileFormat, domain.ErrInvalid)
	}
	set := Settlement{
		Doc: domain.Doc{ID: head.Pool}, Camp: head.Pool, Cancelled: head.Cancelled, Rules: head.Rules, Scheduled: head.Scheduled,
		Sums: head.Sums, Hash: head.Hash,
	}
	return set, func(yield func(Line, error) bool) {
		for n := 2; in.Scan(); n++ {
			var l Line
			err := json.Unmarshal(in.Bytes(), &l)
			if err != nil {
				err = fmt.Errorf("line %d: %w", n, errors.Join(err, domain.ErrInvalid))
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
		if err := in.Err(); err != nil {
			yield(Line{}, err)
		}
	}, nil
}
