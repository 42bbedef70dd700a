package main

import (
	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/handlers"
)

func workCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "work", Short: "Only work on jobs, beside one or many `yingdi serve`", Args: cobra.NoArgs}
	path := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		c, err := load(*path)
		if err != nil {
			return err
		}
		if err := mayWorkAlone(c); err != nil {
			return err
		}
		return launch(cmd.Context(), c, true, func(a *app) (*echo.Echo, error) {
			return handlers.Health(a.services, a.registry, a.config.Metrics.Token), nil
		})
	}
	return cmd
}

// mayWorkAlone refuses a configuration whose parts live inside another process.
func mayWorkAlone(c config.Config) error {
	switch {
	case c.Queue == "embedded":
		return config.Problem{Key: "queue", What: "is embedded in `yingdi serve`", Fix: "Run `yingdi serve` alone, or use redis"}
	case c.Documents == "sqlite":
		return config.Problem{Key: "documents", What: "sqlite belongs to one process", Fix: "Run `yingdi serve` alone, or use mongo"}
	case c.Workers == 0:
		return config.Problem{Key: "workers", What: "is 0", Fix: "Use 1 or more for `yingdi work`"}
	}
	return nil
}
