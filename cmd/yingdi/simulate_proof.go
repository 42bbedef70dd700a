package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"yingdi/config"
	"yingdi/season/audit"
)

// proveFolder tells what the product's own commands say of the folder that a season has left: `yingdi admin audit`, and
// `yingdi admin verify-pool` of every pool with a list.
func proveFolder(ctx context.Context, folder string, pools []audit.Pool) (list []audit.Invariant, err error) {
	home, err := openFolder(folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, home.close()) }()
	c, err := devConfig(devOptions{Data: folder, Log: config.Log{Level: silent, Format: "text"}}, home, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	a, err := wire(ctx, c, &clock{}, logger(c.Log))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	return prove(ctx, c, a, pools), nil
}

// prove runs the commands on the data of an app.
func prove(ctx context.Context, c config.Config, a *app, pools []audit.Pool) (list []audit.Invariant) {
	var said bytes.Buffer
	list = append(list, proven("admin-audit", &said, auditData(ctx, c, "", &said)))
	var failures []error
	verified := 0
	for _, p := range pools {
		if p.State == "settled" || p.State == "cancelled" {
			verified++
			if err := verifyPool(ctx, a, &said, p.ID); err != nil {
				failures = append(failures, fmt.Errorf("pool %s: %w", p.ID, err))
			}
		}
	}
	if failed := errors.Join(failures...); failed != nil {
		return append(list, proven("verify-pool", &said, failed))
	}
	return append(list, audit.Invariant{Name: "verify-pool", OK: true, Detail: fmt.Sprintf("%d pools", verified)})
}

// proven is what a command said: its first line, or all that it found.
func proven(name string, said *bytes.Buffer, err error) audit.Invariant {
	defer said.Reset()
	lines := strings.Split(strings.TrimSpace(said.String()), "\n")
	if err == nil {
		return audit.Invariant{Name: name, OK: true, Detail: lines[0]}
	}
	return audit.Invariant{Name: name, Detail: strings.Join(append(lines, err.Error()), "; ")}
}
