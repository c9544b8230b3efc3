/** VisualBERT in Apache Spark: SQL functions, a table function and a job. */
package io.github.visualbert.spark;
