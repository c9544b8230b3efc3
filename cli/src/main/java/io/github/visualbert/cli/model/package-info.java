/** How commands open a model: its folder, its kernels and threads, and its memory. */
package io.github.visualbert.cli.model;
