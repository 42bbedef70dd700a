package wechatpay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"yingdi/domain"
	"yingdi/domain/wechatpay"
)

// FetchBill brings a day's bill into a temporary file, checked against the hash that WeChat gives. Returns ErrNoBill for
// days on which nothing happened, and ErrBillLater for those whose bill is still being made.
func (c *Client) FetchBill(ctx context.Context, kind wechatpay.BillKind, day domain.Day) (wechatpay.BillFile, error) {
	file, err := os.CreateTemp("", "yingdi-bill-")
	if err != nil {
		return wechatpay.BillFile{}, err
	}
	spool := temporary{file}
	hash := sha256.New()
	to := io.MultiWriter(file, hash)
	if kind == wechatpay.FundBill {
		err = c.FundBill(ctx, day, to)
	} else {
		err = c.TradeBill(ctx, day, to)
	}
	size, err2 := file.Seek(0, io.SeekCurrent)
	_, err3 := file.Seek(0, io.SeekStart)
	if err := errors.Join(err, err2, err3); err != nil {
		return wechatpay.BillFile{}, errors.Join(fmt.Errorf("bill of %s: %w", day, err), spool.Close())
	}
	return wechatpay.BillFile{ReadSeekCloser: spool, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// temporary is a file that goes when it is closed.
type temporary struct{ *os.File }

func (t temporary) Close() error { return errors.Join(t.File.Close(), os.Remove(t.Name())) }
