package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/storage/sqlite"
)

func adminBackupCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "backup FILE", Short: "Copy the SQLite database into a new file, while the server runs", Args: cobra.ExactArgs(1),
		Long: "Copy the SQLite database, as it stands at one moment, into a new file; the server may run meanwhile.\n" +
			"Copy the media folder after it, never before: files do not change once documents name them.",
	}
	path := configFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		loaded, err := load(*path)
		if err != nil {
			return err
		}
		if loaded.Documents != "sqlite" {
			return config.Problem{Key: "documents", What: "is " + loaded.Documents, Fix: "Back that up with its own tools, such as mongodump"}
		}
		if err := sqlite.Backup(cmd.Context(), filepath.Join(loaded.Data, documentsFile), args[0]); err != nil {
			return err
		}
		fmt.Fprintf(cmd.OutOrStdout(), "The documents are in %s.\n", args[0])
		if loaded.Media == "folder" {
			fmt.Fprintf(cmd.OutOrStdout(), "Now copy the media as well: %s\n", filepath.Join(loaded.Data, "media"))
		}
		return nil
	}
	return c
}
