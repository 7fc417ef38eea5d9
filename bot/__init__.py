"""The TSC kidney guide: vetted answers about kidney angiomyolipomas, mTOR inhibitors and bleeding warning signs."""
