/** What the service holds warm: models, detectors, pictures, and the queue before them. */
package io.github.visualbert.cli.serve.model;
