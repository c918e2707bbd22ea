package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/labs"
)

// listedLab is a lab in the output of labs -json.
type listedLab struct {
	Slug    string   `json:"slug"`
	Number  int      `json:"number"`
	Track   string   `json:"track"`
	Title   lab.Text `json:"title"`
	Summary lab.Text `json:"summary"`
	Minutes int      `json:"minutes"`
	// Problems are why the lab cannot be run.
	Problems []string `json:"problems,omitempty"`
}

func listLabs(_ context.Context, args []string, stdout, stderr io.Writer) error {
	var (
		c      clusterFlags
		asJSON bool
		flags  = newFlags("labs", "[-json]", stderr)
	)
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.StringVar(&c.labs, "labs", "", "directory of labs (default: those built in)")
	if _, err := parse(flags, args, 0, ""); err != nil {
		return err
	}
	read, err := c.readLabs()
	if err != nil {
		return err
	}
	if asJSON {
		listed := make([]listedLab, 0, len(read.Labs)+len(read.Broken))
		for _, l := range read.Labs {
			listed = append(listed, listedLab{Slug: l.Slug, Number: l.Number, Track: l.Track.ID, Title: l.Title, Summary: l.Summary, Minutes: l.Minutes})
		}
		for _, b := range read.Broken {
			broken := listedLab{Slug: b.Slug, Number: b.Number, Title: b.Title}
			for _, p := range b.Problems {
				broken.Problems = append(broken.Problems, p.Error())
			}
			listed = append(listed, broken)
		}
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(listed)
	}
	w := tabwriter.NewWriter(stdout, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "LAB\tSLUG\tMINUTES\tTITLE")
	for _, l := range read.Labs {
		fmt.Fprintf(w, "%02d\t%s\t%d\t%s\n", l.Number, l.Slug, l.Minutes, l.Title.In("en"))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, p := range read.Problems {
		fmt.Fprintf(stdout, "\n%v\n", p)
	}
	for _, b := range read.Broken {
		fmt.Fprintf(stdout, "\n%s cannot be used:\n", b.Dir)
		for _, p := range b.Problems {
			fmt.Fprintf(stdout, "  %v\n", p)
		}
	}
	return nil
}

// printSchema prints the schema that editors take for lab.yaml.
func printSchema(_ context.Context, args []string, stdout, stderr io.Writer) error {
	if _, err := parse(newFlags("schema", "", stderr), args, 0, ""); err != nil {
		return err
	}
	_, err := stdout.Write(labs.Schema)
	return err
}

func lint(_ context.Context, args []string, stdout, stderr io.Writer) error {
	flags := newFlags("lint", "DIR", stderr)
	dirs, err := parse(flags, args, 1, "one directory of labs")
	if err != nil {
		return err
	}
	if info, err := os.Stat(dirs[0]); err != nil {
		return err
	} else if !info.IsDir() {
		return fmt.Errorf("%s is not a directory", dirs[0])
	}
	loaded, err := lab.Load(os.DirFS(dirs[0]))
	if err != nil {
		fmt.Fprintln(stdout, err)
		return exitError{code: 1}
	}
	fmt.Fprintf(stdout, "%d labs, no problem\n", len(loaded))
	return nil
}
