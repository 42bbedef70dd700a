package main

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"yingdi/config"
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
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("the configuration is not complete:\n%w", err)
	}
	return c, nil
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
