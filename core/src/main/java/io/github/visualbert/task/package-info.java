/**
 * Text and regions in, answers out: one class per task, and the conventions ({@link
 * io.github.visualbert.config.Preset}) a checkpoint was trained with.
 */
package io.github.visualbert.task;
