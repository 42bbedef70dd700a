package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"yingdi/config"
	"yingdi/domain"
	"yingdi/domain/camp"
	"yingdi/domain/lesson"
	"yingdi/domain/organiser"
)

func benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure this machine: learners who all check in at once, through HTTP", Args: cobra.NoArgs,
		Long: "Run the embedded product in a temporary folder and let learners check in through HTTP as fast as they can,\n" +
			"then read the lists. Prints rates and latencies, and how long the workers took to catch up.",
	}
	learners := c.Flags().Int("learners", 200, "how many learners, 1 to 5000")
	tasks := c.Flags().Int("tasks", lesson.MaxPerDay, "tasks of the day, each one check-in, 1 to 10")
	atOnce := c.Flags().Int("at-once", 32, "requests under way at once, 1 to 256")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		if *learners < 1 || *learners > 5000 || *tasks < 1 || *tasks > lesson.MaxPerDay || *atOnce < 1 || *atOnce > 256 {
			return errors.New("a flag is out of range; see --help")
		}
		return bench(cmd.Context(), cmd.OutOrStdout(), *learners, *tasks, *atOnce)
	}
	return c
}

type bencher struct {
	*dev
	client *http.Client
	atOnce int
	out    io.Writer
	camp   string
	tasks  []string
	tokens []string
}

func bench(ctx context.Context, out io.Writer, learners, tasks, atOnce int) error {
	folder, err := os.MkdirTemp("", "yingdi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	var result error
	err = runDev(running, devOptions{Addr: addr, Data: folder, Log: config.Log{Level: "error", Format: "text"}}, func(d *dev) {
		go func() {
			defer stop()
			b := bencher{dev: d, atOnce: atOnce, out: out, tokens: make([]string, learners), client: &http.Client{
				Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: atOnce},
			}}
			result = b.play(running, tasks)
		}()
	})
	stop()
	return errors.Join(result, err)
}

func (b *bencher) play(ctx context.Context, tasks int) error {
	if err := b.open(ctx, tasks); err != nil {
		return err
	}
	if err := b.measure(ctx, "log in and enrol", len(b.tokens), func(ctx context.Context, i int) error {
		var in struct {
			AccessToken string `json:"access_token"`
		}
		code := b.wechat.LoginCode(fmt.Sprintf("learner %d", i))
		if err := b.call(ctx, http.MethodPost, "/sessions", "", map[string]any{"code": code}, &in); err != nil {
			return err
		}
		b.tokens[i] = in.AccessToken
		return b.call(ctx, http.MethodPost, "/camps/"+b.camp+"/enrolments", in.AccessToken, nil, nil)
	}); err != nil {
		return err
	}
	began := time.Now()
	if err := b.measure(ctx, "check in", len(b.tokens)*tasks, func(ctx context.Context, i int) error {
		body := map[string]any{"task": b.tasks[i/len(b.tokens)], "text": fmt.Sprintf("今天读完了第 %d 遍，写下一句话。", i)}
		return b.call(ctx, http.MethodPost, "/camps/"+b.camp+"/checkins", b.tokens[i%len(b.tokens)], body, nil)
	}); err != nil {
		return err
	}
	for _, list := range []struct{ name, path string }{
		{"read today", "/camps/" + b.camp + "/today"}, {"read the feed", "/camps/" + b.camp + "/checkins"}, {"read the camps", "/camps"},
	} {
		if err := b.measure(ctx, list.name, 1000, func(ctx context.Context, i int) error {
			return b.call(ctx, http.MethodGet, list.path, b.tokens[i%len(b.tokens)], nil, nil)
		}); err != nil {
			return err
		}
	}
	if err := b.queue.Drain(ctx); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%-18s %8.2f s after the first check-in: moderation, cards, all of it\n", "workers idle", time.Since(began).Seconds())
	return nil
}

// open makes the camp as the system would.
func (b *bencher) open(ctx context.Context, tasks int) error {
	system := domain.WithActor(ctx, domain.SystemActor)
	_, owner, err := b.services.Sessions.SignIn(ctx, b.wechat.LoginCode("teacher"))
	if err != nil {
		return err
	}
	studio, err := b.services.Organisers.Create(system, organiser.Form{Name: "测速机构"}, owner.ID)
	if err != nil {
		return err
	}
	calendar := domain.Calendar{Zone: "Asia/Shanghai"}
	today := calendar.Day(b.clock.Now())
	c, err := b.services.Camps.Open(system, studio.ID, camp.Form{
		Title: "测速营", Calendar: calendar, Start: today, End: today.Add(1), EnrolBy: today, Seats: len(b.tokens),
	})
	if err != nil {
		return err
	}
	b.camp = c.ID
	for i := range tasks {
		task, err := b.services.Lessons.Add(system, c.ID, lesson.Form{Day: today, Title: fmt.Sprintf("第 %d 件事", i+1)})
		if err != nil {
			return err
		}
		b.tasks = append(b.tasks, task.ID)
	}
	_, err = b.services.Camps.Publish(system, c.ID)
	return err
}

// measure does something n times, several at once, and prints how it went.
func (b *bencher) measure(ctx context.Context, name string, n int, do func(context.Context, int) error) error {
	var mu sync.Mutex
	took := make([]time.Duration, 0, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(b.atOnce)
	began := time.Now()
	for i := range n {
		group.Go(func() error {
			from := time.Now()
			if err := do(ctx, i); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(from))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	all := time.Since(began)
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(n-1))].Microseconds()) / 1000 }
	fmt.Fprintf(b.out, "%-18s %8.2f s for %5d   %7.0f/s   half within %6.1f ms, 99%% within %6.1f ms\n",
		name, all.Seconds(), n, float64(n)/all.Seconds(), at(0.5), at(0.99))
	return nil
}

func (b *bencher) call(ctx context.Context, method, path, token string, body, into any) error {
	var payload io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		payload = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, b.url+"/api/v1"+path, payload)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := b.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d", method, path, response.StatusCode)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(raw, into)
}
