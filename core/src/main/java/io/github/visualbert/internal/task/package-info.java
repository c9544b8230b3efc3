/** What all tasks share. Not part of the public API. */
package io.github.visualbert.internal.task;
