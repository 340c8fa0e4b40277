"""The learner's path: from the link to the receipt, without JavaScript, nothing lost, nothing sent twice."""
