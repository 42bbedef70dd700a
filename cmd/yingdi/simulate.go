package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"yingdi/season"
	"yingdi/season/audit"
)

// errSeason is what a season with a broken invariant ends with.
var errSeason = errors.New("the season broke an invariant")

func simulateCommand() *cobra.Command {
	var o season.Options
	c := &cobra.Command{
		Use: "simulate", Short: "Play a whole season through the API and see that every promise was kept", Args: cobra.NoArgs,
		Long: "Play a whole season of a camp, from a seed and with a clock of its own, through the HTTP API, the console and the\n" +
			"callbacks, while WeChat misbehaves. Then recompute from the stored facts that every promise was kept. With --kills\n" +
			"the server runs as a process of its own and is killed at random moments. Exit status 0 means that all holds.",
	}
	c.Flags().IntVar(&o.Learners, "learners", 50, "seats of the camp, 1 to 5000; a few more people will want one")
	c.Flags().IntVar(&o.Days, "days", 7, "days of the camp, 1 to 100")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "what happens follows from it")
	c.Flags().IntVar(&o.Kills, "kills", 0, "how often the server is killed, 0 to 1000")
	folder := c.Flags().String("keep", "", "play in this empty folder, and leave it for a look")
	asJSON := c.Flags().Bool("json", false, "print the report as JSON, and nothing else")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if o.Learners < 1 || o.Learners > 5000 || o.Days < 1 || o.Days > 100 || o.Kills < 0 || o.Kills > 1000 {
			return errors.New("a flag is out of range; see --help")
		}
		show := printer{cmd.OutOrStdout(), time.Now()}
		if !*asJSON {
			o.Progress = show.progress
		}
		report, err := simulate(cmd.Context(), *folder, o)
		if err != nil {
			return err
		}
		if *asJSON {
			encoder := json.NewEncoder(show.out)
			encoder.SetIndent("", "  ")
			err = encoder.Encode(report)
		} else {
			err = report.Print(show.out)
		}
		if err == nil && !report.OK {
			err = errSeason
		}
		return err
	}
	return c
}

type printer struct {
	out   io.Writer
	began time.Time
}

func (p printer) progress(now season.Progress) {
	fmt.Fprintf(p.out, "day %2d of %d   %6d check-ins   %7d requests   %5.0f/s\n", now.Day, now.Days, now.Counts["checkins"],
		now.Requests, float64(now.Requests)/time.Since(p.began).Seconds())
}

// simulate plays a season in a folder, a temporary one if it has no name.
func simulate(ctx context.Context, folder string, o season.Options) (season.Report, error) {
	began := time.Now()
	defer debug.SetGCPercent(debug.SetGCPercent(1600)) // players and product share the machine, and it has memory
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(2 << 30))
	if folder == "" {
		temporary, err := os.MkdirTemp("", "yingdi-season-")
		if err != nil {
			return season.Report{}, err
		}
		defer os.RemoveAll(temporary)
		folder = temporary
	}
	if _, err := os.Stat(filepath.Join(folder, documentsFile)); !errors.Is(err, os.ErrNotExist) {
		return season.Report{}, fmt.Errorf("%s is not an empty folder", folder)
	}
	addr, err := freeAddress()
	if err != nil {
		return season.Report{}, err
	}
	var server seasonServer = &inside{addr: addr, folder: folder}
	if o.Kills > 0 {
		server = &outside{addr: addr, folder: folder}
	}
	return playSeason(ctx, server, folder, addr, o, began)
}

// seasonServer is the product that a season is played against.
type seasonServer interface {
	start(ctx context.Context, at time.Time) error
	kill() error
	stop() error // lets everything that was accepted finish
}

func playSeason(ctx context.Context, server seasonServer, folder, addr string, o season.Options, began time.Time) (season.Report, error) {
	story, facts, err := played(ctx, season.Play, server, folder, addr, o)
	if err != nil {
		return season.Report{}, err
	}
	proven, err := proveFolder(ctx, folder, facts.Pools)
	report := season.NewReport(o, story, facts, time.Since(began))
	report.Add(proven...)
	return report, err
}

// played plays, and reads what is there when all is over.
func played(ctx context.Context, play func(context.Context, season.Options) (season.Story, error), server seasonServer, folder, addr string, o season.Options) (season.Story, audit.Facts, error) {
	o.URL, o.Template, o.AtOnce = "http://"+addr, devTemplate.ID, 32
	o.Kill = func(ctx context.Context, at time.Time) error {
		return errors.Join(server.kill(), server.start(ctx, at))
	}
	if err := server.start(ctx, season.Begin); err != nil {
		return season.Story{}, audit.Facts{}, err
	}
	story, err := play(ctx, o)
	if err = errors.Join(err, server.stop()); err != nil {
		return story, audit.Facts{}, err
	}
	facts, err := audit.Read(ctx, folder, story.Promises.Private())
	return story, facts, err
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
