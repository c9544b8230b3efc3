/** What a model looked at: computed, described in JSON, and shown in a browser. */
package io.github.visualbert.cli.explanation;
