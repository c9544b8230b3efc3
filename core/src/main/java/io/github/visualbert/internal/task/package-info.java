/** What the tasks are made of. */
package io.github.visualbert.internal.task;
