"""Making the encoder: fine-tuning at development time. Nothing here is needed to run the guide."""
