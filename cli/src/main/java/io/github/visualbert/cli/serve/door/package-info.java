/** What each kind of client sends and gets. */
package io.github.visualbert.cli.serve.door;
