"""Knowledge: documents of users, cut into passages that are found by what they mean."""
