package io.github.visualbert.model;

/** What stands on the encoder: one class per head of transformers. */
public sealed interface Head
    permits QuestionAnsweringHead,
        PreTrainingHead,
        MultipleChoiceHead,
        VisualReasoningHead,
        RegionToPhraseHead {}
