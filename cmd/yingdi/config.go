package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/storage/mongo"
	"yingdi/storage/redis"
)

// configFlag adds --config to a command.
func configFlag(c *cobra.Command) *string {
	path := os.Getenv("YINGDI_CONFIG")
	if path == "" {
		path = "/etc/yingdi/config.yaml"
	}
	return c.Flags().String("config", path, "the configuration file (env YINGDI_CONFIG)")
}

// load reads a configuration that is fit for production.
func load(path string) (config.Config, error) {
	c, err := config.Load(path)
	if err != nil {
		return c, err
	}
	if err := errors.Join(c.Validate(), addresses(c)); err != nil {
		return c, fmt.Errorf("the configuration in %s is not complete:\n%w", path, err)
	}
	return c, nil
}

// addresses lets those judge an address who will have to find it.
func addresses(c config.Config) error {
	var failures []error
	if uri := c.Mongo.URI; c.Documents == "mongo" && uri != "" {
		if mongo.Check(uri) != nil {
			failures = append(failures, config.Problem{Key: "mongo.uri", What: "is no address", Fix: "Write mongodb://user:password@host:27017/?replicaSet=rs0"})
		}
	}
	if url := c.Redis.URL; c.Queue == "redis" && url != "" {
		if redis.Check(url) != nil {
			failures = append(failures, config.Problem{Key: "redis.url", What: "is no address", Fix: "Write redis://:password@host:6379/0, " +
				"redis-sentinel://:password@host1:26379,host2:26379/0?master=NAME or redis-cluster://:password@host1:6379,host2:6379"})
		}
	}
	return errors.Join(failures...)
}

func configCommand() *cobra.Command {
	parent := &cobra.Command{Use: "config", Short: "Look at the configuration"}
	check := &cobra.Command{Use: "check", Short: "Say what is wrong with the configuration, and how to mend it", Args: cobra.NoArgs}
	path := configFlag(check)
	check.RunE = func(cmd *cobra.Command, _ []string) error {
		if _, err := load(*path); err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), "the configuration is complete")
		return nil
	}
	parent.AddCommand(check)
	return parent
}

// logger writes to standard error.
func logger(c config.Log) *slog.Logger {
	var level slog.Level
	if level.UnmarshalText([]byte(c.Level)) != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}
