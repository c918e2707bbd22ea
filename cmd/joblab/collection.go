package main

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/joblab/joblab/internal/lab"
	"github.com/joblab/joblab/labs"
)

// readLabs reads the labs, good or bad; those that are built in are good. What the
// good ones need of a cluster is noted.
func (c *clusterFlags) readLabs() (lab.Collection, error) {
	fsys, err := c.labsFS()
	if err != nil {
		return lab.Collection{}, err
	}
	read, err := lab.Read(fsys)
	if err == nil && c.labs == "" {
		err = read.Err()
	}
	if err != nil {
		return lab.Collection{}, err
	}
	c.images = imagesOf(read.Labs)
	return read, nil
}

func (c *clusterFlags) labsFS() (fs.FS, error) {
	if c.labs == "" {
		return labs.FS, nil
	}
	if _, err := os.ReadDir(c.labs); err != nil {
		return nil, fmt.Errorf("labs: %w", err)
	}
	return os.DirFS(c.labs), nil
}

// findLab finds the lab of a slug. If it is broken, the error says why.
func findLab(read lab.Collection, slug string) (*lab.Lab, error) {
	if l, ok := lab.Find(read.Labs, slug); ok {
		return l, nil
	}
	for _, b := range read.Broken {
		if b.Slug == slug {
			return nil, fmt.Errorf("the lab %s has problems:\n%w", slug, b.Err())
		}
	}
	if err := read.Err(); err != nil {
		return nil, fmt.Errorf("there is no lab %q, and what is there has problems:\n%w", slug, err)
	}
	return nil, fmt.Errorf("there is no lab %q (joblab labs lists them)", slug)
}
